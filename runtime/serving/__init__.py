"""Serving: what answers requests from outside, over HTTP and through topics."""
