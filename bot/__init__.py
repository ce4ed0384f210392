"""The ShargeAI concierge: a Slack bot that brings Coze agents to the glasses.

This file imports nothing: `python3 -m bot` reads it before anything is installed.
"""

__version__ = "0.2.0"
