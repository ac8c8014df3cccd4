"""Run the stages on Faust. The only package that imports Faust; it reads and writes Kafka."""
