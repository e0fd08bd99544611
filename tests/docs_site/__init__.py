"""The docs site: links, reading on two screens, search, and the commands of its tutorials."""
