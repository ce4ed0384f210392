"""What people see and press: one file a feature, views apart."""
