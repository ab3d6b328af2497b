"""Kafka and Redis behind one interface: topics whose positions we keep ourselves."""
