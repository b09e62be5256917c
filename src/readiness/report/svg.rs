//! Draws the deployment as SVG.

use std::fmt::Write as _;

use super::super::Graph;
use crate::report::html as safe;

const WIDTH: usize = 150;
const HEIGHT: usize = 48;
const GAP: usize = 70;
const ROW: usize = 22;

/// Returns a drawing of the graph, with parts in columns by their distance from the parts that nothing needs.
pub(super) fn draw(graph: &Graph) -> String {
    if graph.nodes.is_empty() {
        return String::new();
    }
    let columns = columns(graph);
    let last = columns.iter().copied().max().unwrap_or(0);
    let mut rows = vec![0; last + 1];
    let places: Vec<(usize, usize)> = columns
        .iter()
        .map(|column| {
            let row = rows[*column];
            rows[*column] += 1;
            (10 + column * (WIDTH + GAP), 10 + row * (HEIGHT + ROW))
        })
        .collect();
    let width = 20 + (last + 1) * WIDTH + last * GAP;
    let height = 20 + rows.iter().copied().max().unwrap_or(1) * (HEIGHT + ROW);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"The parts of the deployment\">\n"
    );
    for (from, to) in &graph.edges {
        let ((x, y), (to_x, to_y)) = (places[*from], places[*to]);
        let (x, y, to_y) = (x + WIDTH, y + HEIGHT / 2, to_y + HEIGHT / 2);
        let middle = usize::midpoint(x, to_x);
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<path class=\"edge\" d=\"M{x} {y} C{middle} {y} {middle} {to_y} {to_x} {to_y}\"/>"
        );
    }
    for (node, (x, y)) in graph.nodes.iter().zip(&places) {
        let class = if node.is_on_path && node.count == 1 {
            "node single"
        } else {
            "node"
        };
        let name: String = node.name.chars().take(18).collect();
        let (center, first, second) = (x + WIDTH / 2, y + 20, y + 37);
        let _ = writeln!(
            svg,
            "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\
             <text x=\"{center}\" y=\"{first}\">{}</text><text class=\"what\" x=\"{center}\" y=\"{second}\">{} × {}</text></g>",
            safe(&name),
            node.what,
            node.count
        );
    }
    svg + "</svg>\n"
}

/// Returns the column of each part: its distance from the parts that nothing needs, at most 7, so that cycles end.
fn columns(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut columns = vec![0; count];
    for _ in 0..count.min(8) {
        for (from, to) in &graph.edges {
            if columns[*to] <= columns[*from] && columns[*from] < 7 {
                columns[*to] = columns[*from] + 1;
            }
        }
    }
    columns
}
