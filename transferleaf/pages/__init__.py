"""Pages for the browser, served by this machine. They load nothing from other servers."""
