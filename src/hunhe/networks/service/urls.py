citizen: list[object] = []
desk: list[object] = []
