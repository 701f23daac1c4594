"""One service for every matter a person has with the city. In: items as files, answers, forms, files, ratings. Kept: drafts,
applications with the source of each value, checked materials, ratings. Out: cases of flow, callbacks, rows for the hub."""
