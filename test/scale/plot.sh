#!/usr/bin/env bash
# Draws what scale.mjs has measured: lag and pods over time. Needs gnuplot.
#
#   plot.sh CSV PICTURE    PICTURE ends in .svg or .png
set -euo pipefail
csv=${1:?"which CSV"}
picture=${2:?"which picture"}
case $picture in
  *.svg) terminal='svg size 900,520 enhanced background rgb "white" font "sans-serif,13"' ;;
  *.png) terminal='png size 900,520' ;;
  *) echo "$0: $picture is neither .svg nor .png" >&2; exit 2 ;;
esac
gnuplot << END
blue = '#1f77b4'; green = '#2ca02c'; red = '#d62728'; pale = '#ff9896'
set terminal $terminal
set output '$picture'
set datafile separator ','
set xlabel 'seconds'
set grid
set xrange [0:*]
set multiplot layout 2,1 margins 0.11,0.97,0.11,0.96 spacing 0.06
set format x ''
unset xlabel
set ylabel 'requests'
set key inside top left
set offsets graph 0, 0, 0.35, 0
plot '$csv' using 1:2 with lines lw 2 lc rgb blue title 'lag (waiting and in work)', \
  '' using 1:5 with lines lw 2 lc rgb green title 'answered'
set format x '%g'
set xlabel 'seconds'
set ylabel 'pods'
set key inside top right opaque
set yrange [0:14]
set offsets 0, 0, 0, 0
plot '$csv' using 1:3 with steps lw 2 lc rgb red title 'serving', \
  '' using 1:4 with steps lw 1 lc rgb pale title 'draining'
END
