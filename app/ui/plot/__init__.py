"""Charts: Plotly figures, their one look, and the one component that draws them in place."""
