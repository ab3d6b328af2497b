"""Where events come from: files, pushes and topics, decoded, judged by their watermark, kept, put in order."""
