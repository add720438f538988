"""What bilag shows of itself: metrics for Prometheus, traces for OpenTelemetry, log records that machines read."""
