"""What we say: interface strings by gettext, error help and the guide as data, each in every language there is."""
