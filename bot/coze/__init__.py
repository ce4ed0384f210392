"""What Coze says: a thin client, tokens, errors. Imports nothing by itself; take what you need from its modules."""
