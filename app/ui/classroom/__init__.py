"""A class in one room, as its host and its students see it: on the page *Classroom*, and on every lesson."""
