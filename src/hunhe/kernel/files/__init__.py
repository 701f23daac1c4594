"""What people upload and what the city issues.

In: streams of bytes, judged by their content. Kept: each content once, by digest; who stored it, for which purpose. Out:
attachments that a browser will not run, to those who may have them.
"""
