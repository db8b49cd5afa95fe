"""Shared by all pages in the browser: loopback server, access guard, hand-over of the secret, and style sheet."""
