"""What the pages in the browser share: a server on loopback, its guard, the hand-over of its secret, and the look."""
