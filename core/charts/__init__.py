"""Line charts as SVG: `line_chart` places them, `<c-chart>` draws them."""

from core.charts.lines import line_chart
from core.charts.parts import Level, LineChart, Phase, Point, Series

__all__ = ["Level", "LineChart", "Phase", "Point", "Series", "line_chart"]
