"""The guided stretch: a pure player with two front ends, terminal and page. Each guide is a process of its own."""
