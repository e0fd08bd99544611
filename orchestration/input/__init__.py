"""The input of an execution: typed, with one reader and one writer. The other stages know no key of it."""
