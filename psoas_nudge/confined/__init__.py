"""Reading what somebody else wrote: in a short-lived child process that limits itself before it looks."""
