# The deer stands and lifts its head a little, twice in a turn.
function cell(turn,    nod) {
    nod = swell(turn, 0)
    use("deer", 62, 132, 0, 1)
    use("head", 113, 44 + 3 * nod, 9 * nod - 4, 1)
}
