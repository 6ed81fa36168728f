# Bars, the least on top. file: lines of ROW MILLISECONDS COLOUR "NAME"; rows, subtitle.
set label 1 "{/:Bold What a tool adds to the start of a command}" at screen 0.02, screen 1 - 24.0 / height left textcolor rgb '#222222'
set label 2 "{/*0.85 ".subtitle."}" at screen 0.02, screen 1 - 46.0 / height left textcolor rgb '#222222'
set tmargin at screen 1 - 64.0 / height
set lmargin 26
set yrange [rows + 0.6 : 0.4]
set xrange [0 : *]
set xlabel 'milliseconds'
set grid noytics xtics
set border 1
set offsets graph 0, graph 0.08, 0, 0
plot file using (0):1:(0):2:($1 - 0.36):($1 + 0.36):3:ytic(4) with boxxyerror fill solid 1 noborder lc rgb variable, \
     file using 2:1:(sprintf('%.2f', $2)) with labels left offset 0.6, 0 textcolor rgb '#222222'
