"""The settings on a page in the browser: see, try out, and save them."""
