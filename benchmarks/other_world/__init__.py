"""A second invented world for the matching benchmark, with none of the demo company's formats, prices or habits.

The company is a wholesaler of shop and café equipment with branches in eight countries. Each branch numbers its
papers in a way of its own; customers pay in five currencies and seven languages, alone, through a franchise, a buying
group or a payment provider, and some change their habits in the middle of time. It is written from how the business
goes, not from what a matcher can do: see `world.invent`.

In the world that is measured three of four payable lines name what they pay, in the text or by an advice, and one in
forty is nobody's to decide (`benchmarks.undecidable`); a test holds it to that.
"""
