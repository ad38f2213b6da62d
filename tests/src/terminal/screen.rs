//! What stands on a terminal's screen at one moment.

use std::fmt;

/// A picture of the screen, cells and all.
#[derive(Clone)]
pub struct Screen(vt100::Screen);

impl Screen {
    pub(super) fn new(screen: &vt100::Screen) -> Self {
        Self(screen.clone())
    }

    /// The rows, without the blanks at their ends.
    pub fn rows(&self) -> Vec<String> {
        let (_, cols) = self.0.size();
        self.0
            .rows(0, cols.get())
            .map(|row| row.trim_end().to_owned())
            .collect()
    }

    /// The rows as one text.
    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Whether a row holds this.
    pub fn has(&self, text: &str) -> bool {
        self.row_with(text).is_some()
    }

    /// The first row that holds this.
    pub fn row_with(&self, text: &str) -> Option<String> {
        self.rows().into_iter().find(|row| row.contains(text))
    }

    /// How many rows hold this.
    pub fn count(&self, text: &str) -> usize {
        self.rows().iter().filter(|row| row.contains(text)).count()
    }

    /// The cell at which this text begins first: row, column.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        let (rows, cols) = self.0.size();
        (0..rows.get()).find_map(|row| {
            // Byte positions of the row's text, and the cells they come from.
            let mut line = String::new();
            let mut starts = Vec::new();
            for col in 0..cols.get() {
                let cell = self.0.cell(row, col)?;
                if cell.is_wide_continuation() {
                    continue;
                }
                starts.push((line.len(), col));
                let contents = cell.contents();
                line.push_str(if contents.is_empty() { " " } else { contents });
            }
            let at = line.find(text)?;
            let found = starts.iter().find(|(start, _)| *start == at);
            found.map(|(_, col)| (row, *col))
        })
    }

    /// The cell at this place.
    #[track_caller]
    pub fn cell(&self, row: u16, col: u16) -> &vt100::Cell {
        self.0
            .cell(row, col)
            .unwrap_or_else(|| panic!("no cell {row}, {col} in\n{self}"))
    }

    /// The cell at which this text begins.
    #[track_caller]
    pub fn cell_of(&self, text: &str) -> &vt100::Cell {
        let (row, col) = self
            .find(text)
            .unwrap_or_else(|| panic!("{text:?} is not on\n{self}"));
        self.cell(row, col)
    }

    /// All colours in use, of text and of what is behind it.
    pub fn colours(&self) -> Vec<vt100::Color> {
        let (rows, cols) = self.0.size();
        let mut found = Vec::new();
        for row in 0..rows.get() {
            for col in 0..cols.get() {
                let cell = self.cell(row, col);
                for colour in [cell.fgcolor(), cell.bgcolor()] {
                    if !found.contains(&colour) {
                        found.push(colour);
                    }
                }
            }
        }
        found
    }

    /// The program's own screen, not the one with the shell's lines.
    pub fn is_alternate(&self) -> bool {
        self.0.alternate_screen()
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let (rows, cols) = self.0.size();
        (cols.get(), rows.get())
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cols, rows) = self.size();
        writeln!(f, "--- {cols} x {rows}")?;
        for row in self.rows() {
            writeln!(f, "|{row}")?;
        }
        write!(f, "---")
    }
}
