"""A made-up fleet that drives: roads, ways over them, and how vehicles move and report.

Pure (but for `sender`): no Django, no Redis, no clock; time and randomness are passed in, so a seed
gives the same drive again. Distances are metres on a local plane; `Plane` turns them into WGS84.

    network  the roads: a town of section-line arterials and streets, with highways leaving it
    routing  the quickest way between two crossings
    path     a way as a line with rounded corners and the speed that each part allows
    motion   one vehicle's speed along a path
    shift    what one vehicle does all day: drive, wait at lights, stop at customers, park
    fleet    all of them, and what their trackers would send
    sender   posts that to a server: the one part that touches the world
"""
