"""The one way out over HTTP: checked addresses, bounded answers, paced and repeated with care."""
