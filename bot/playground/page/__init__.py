"""The page: what a person sees and presses in the browser."""
