"""Who looks after whom: customers given to collectors, and the part of the worklist somebody asks for."""
