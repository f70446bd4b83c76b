"""One phase of a plan: where the network is cut, what it is fed, how it is compiled and trained."""
