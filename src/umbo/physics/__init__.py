"""How do things move, see, burn?"""
