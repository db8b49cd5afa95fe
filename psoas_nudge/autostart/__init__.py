"""Starting at login. Each way has a file; chooser.py has the table of ways."""
