#include "stepdown/base/log.h"
int main() { stepdown::log_error("cannot start: nothing is here yet"); }
