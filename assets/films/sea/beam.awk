# The light of the tower: it swells and fades, it never flashes.
function cell(turn) {
    use("beam", 40, 60, 0, 0.34 * swell(turn, 0))
    use("halo", 40, 60, 0, 0.10 + 0.22 * swell(turn, 0))
}
