"""What the working days of twenty years cost elsewhere: printed as JSON for the program that started this."""

import datetime
import json
import random
import sys
import time

import chinese_calendar
import holidays

FIRST, AFTER = datetime.date(2007, 1, 1), datetime.date(2027, 1, 1)
amounts = [int(amount) for amount in sys.argv[1:]]

days = (AFTER - FIRST).days
working = [
    str(day)
    for day in (FIRST + datetime.timedelta(number) for number in range(days))
    if chinese_calendar.is_workday(day)
]

statutory = holidays.country_holidays("CN", years=range(2006, 2028))
ways = {
    "chinesecalendar": chinese_calendar.find_workday,
    "holidays": lambda amount, day: statutory.get_nth_working_day(day, amount),
}


def nanoseconds(way, amount):
    """What one addition costs, from days so early that all of it lies within the twenty years."""
    chance = random.Random(1)
    starts = [FIRST + datetime.timedelta(chance.randrange(9 * 365)) for _ in range(max(5, 20_000 // amount))]
    began = time.perf_counter_ns()
    for start in starts:
        way(amount, start)
    return (time.perf_counter_ns() - began) / len(starts)


costs = {name: [nanoseconds(way, amount) for amount in amounts] for name, way in ways.items()}
print(json.dumps({"working": working, "costs": costs}))
