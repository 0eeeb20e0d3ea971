#!/usr/bin/env bash
# A line break in the help text of a metric goes out as it is, so that the rest of the text is a
# line of its own, which no Prometheus can read. Values of labels are escaped.
#
# Versions:  prometheus-cpp 1.0.1 of Debian 12 (prometheus-cpp-dev 1.0.1-1), g++ 12;
#            prometheus_client 0.20.0 (PyPI) as the reader
# Guess:     "\n" and "\\" in HELP are escaped as the text format wants
# Seen:      a line "second line"; the reader refuses the page
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with prometheus-cpp-dev=1.0.1-1 libprometheus-cpp-core1.0=1.0.1-1
python_with prometheus_client==0.20.0
cat > "$scratch/test.cpp" <<'CPP'
#include <iostream>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

int main() {
  prometheus::Registry registry;
  prometheus::BuildCounter().Name("c_total").Help("first line\nsecond line").Register(registry)
      .Add({{"label", "a\nb"}}).Increment();
  std::cout << prometheus::TextSerializer{}.Serialize(registry.Collect());
}
CPP
compile c++17 "$scratch/test.cpp" prometheus-cpp-core
"$scratch/program" > "$scratch/page"
cat "$scratch/page"
grep -qx 'second line' "$scratch/page"
grep -qF 'label="a\nb"' "$scratch/page"
"$python" - "$scratch/page" <<'PY'
import sys
from prometheus_client.parser import text_string_to_metric_families
try:
    list(text_string_to_metric_families(open(sys.argv[1]).read()))
except ValueError as error:
    print("the reader:", error)
else:
    raise SystemExit("the page is readable")
PY
