"""How does a person meet it?"""
