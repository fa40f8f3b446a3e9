// In this order: the server answers while the browser still reads React and the chart.
import './begin.ts';
import './mount.tsx';
