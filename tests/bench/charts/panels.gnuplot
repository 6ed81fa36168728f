# Two panels, trees that are right and trees that are wrong: a line a tool, named at its end. directory: RIGHT.TOOL and
# WRONG.TOOL hold lines of ENTRIES VALUE, CASE.labels lines of ENTRIES VALUE COLOUR "NAME"; heading, subtitle,
# scale (log or linear); for a linear one most, the upper end, and unit.
tools = 'busybox find chown stepdown-one-thread stepdown'
style(tool) = tool eq 'stepdown' ? 1 : tool eq 'chown' ? 2 : tool eq 'find' ? 3 : tool eq 'busybox' ? 4 : 5
has_one_thread(case) = int(system("test -s ".directory."/".case.".stepdown-one-thread && echo 1 || echo 0"))
set multiplot
set label 1 "{/:Bold ".heading."}" at screen 0.02, 0.955 left textcolor rgb '#222222'
set label 2 "{/*0.85 ".subtitle."}" at screen 0.02, 0.905 left textcolor rgb '#222222'
set tmargin at screen 0.77
set bmargin at screen 0.14
set logscale x
set xrange [8000 : 2.6e6]
set xtics ('10 k' 10000, '100 k' 100000, '500 k' 500000, '2 M' 2000000)
set xlabel 'entries'
if (scale eq 'log') {
    set logscale y
    set yrange [0.008 : 25]
    set ytics ('10 ms' 0.01, '100 ms' 0.1, '1 s' 1, '10 s' 10)
} else {
    set yrange [0 : most]
    set format y '%g '.unit
}
do for [panel = 1 : 2] {
    case = panel == 1 ? 'right' : 'wrong'
    set lmargin at screen (panel == 1 ? 0.08 : 0.56)
    set rmargin at screen (panel == 1 ? 0.36 : 0.84)
    set title panel == 1 ? 'owners right already' : 'owners all wrong' textcolor rgb '#222222'
    # The line of one thread lies beside others, so its name stands apart.
    if (has_one_thread(case)) {
        set label 3 'dashed: stepdown (1 thread)' at graph 0.2, graph 0.05 left textcolor rgb '#0072b2'
    }
    plot for [tool in tools] directory.'/'.case.'.'.tool using 1:2 with linespoints ls style(tool), \
         directory.'/'.case.'.labels' using 1:2:4:3 with labels left offset 0.8, 0 textcolor rgb variable
    unset label 1
    unset label 2
    unset label 3
}
unset multiplot
