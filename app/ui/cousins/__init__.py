"""What only the page *cousins* has: the backdoor beside the watermark, and the line that one bends."""
