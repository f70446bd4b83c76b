"""What opens in a browser: pages that this machine serves, and that load nothing from elsewhere."""
