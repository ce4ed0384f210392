"""The Coze side: an emulated coze.cn that any unmodified client can talk to."""
