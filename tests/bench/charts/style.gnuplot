# Loaded before every chart. The white background makes it readable on a dark page as well as on a white one, and everybody
# can distinguish the colours (Okabe and Ito). stepdown has the one strong colour.
set terminal svg size width, height background '#ffffff' font 'Helvetica,Arial,sans-serif,13' solid enhanced
set style line 1 lc rgb '#0072b2' lw 3 pt 7 ps 0.6
set style line 2 lc rgb '#555555' lw 1.5 pt 7 ps 0.45
set style line 3 lc rgb '#d55e00' lw 1.5 pt 7 ps 0.45
set style line 4 lc rgb '#999999' lw 1.5 pt 7 ps 0.45
set style line 5 lc rgb '#0072b2' lw 2 dt 2 pt 6 ps 0.45
set border 3 lc rgb '#444444'
set grid lc rgb '#e4e4e4' lw 1
set tics nomirror scale 0.5 textcolor rgb '#222222'
set key off
