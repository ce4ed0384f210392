"""What holds for every test."""

from bot.texts import catalogue

catalogue.strict = True  # a string without Chinese fails the test that shows it
