package io.usageexporter.quota;

import java.util.Random;

/** Simulated hourly usage of an API. The same seed gives the same hours. */
enum UsagePattern {
    /** About the same at all times. */
    STEADY("steady") {
        @Override
        double rate(int hour, int window, Chance chance) {
            return 40 * chance.noise();
        }
    },
    /** Nine to six from Monday to Friday, and almost nothing else. */
    OFFICE_HOURS("office hours") {
        @Override
        double rate(int hour, int window, Chance chance) {
            int ofDay = Math.floorMod(hour, 24);
            boolean weekend = Math.floorMod(Math.floorDiv(hour, 24) + chance.weekday, 7) >= 5;
            if (weekend || ofDay < 9 || ofDay >= 18) {
                return weekend ? 0.7 : 1.5;
            }
            return 40 * chance.noise() * (0.7 + 0.3 * StrictMath.sin((ofDay - 9) / 9.0 * StrictMath.PI));
        }
    },
    /** Steady, but for one burst of twelve times as much during 4 to 10 % of the window. */
    ONE_BURST("one burst") {
        @Override
        double rate(int hour, int window, Chance chance) {
            int length = Math.max(1, (int) (window * (0.04 + 0.06 * chance.length)));
            int begin = (int) ((window - length) * chance.begin);
            return 20 * chance.noise() * (hour >= begin && hour < begin + length ? 12 : 1);
        }
    },
    /** Steady until the window starts, then growing to four times as much at its end. */
    RAMP("ramp") {
        @Override
        double rate(int hour, int window, Chance chance) {
            return 20 * chance.noise() * (1 + 3.0 * Math.max(0, hour) / window);
        }
    };

    final String label;

    UsagePattern(String label) {
        this.label = label;
    }

    /** @param hour of the window; negative before it */
    abstract double rate(int hour, int window, Chance chance);

    /**
     * The usage in each hour.
     *
     * @param past hours before the window
     * @param weekday of the window's first day, 0 for Monday
     */
    double[] make(long seed, int past, int window, int weekday) {
        var chance = new Chance(seed * 31 + label.length(), weekday);
        var hours = new double[past + window];
        for (int i = 0; i < hours.length; i++) {
            double rate = rate(i - past, window, chance);
            hours[i] = Math.max(0, StrictMath.rint(rate + StrictMath.sqrt(rate) * chance.random.nextGaussian()));
        }
        return hours;
    }

    static final class Chance {
        private final Random random;
        private final double length;
        private final double begin;
        private final int weekday;

        Chance(long seed, int weekday) {
            random = new Random(seed);
            length = random.nextDouble();
            begin = random.nextDouble();
            this.weekday = weekday;
        }

        double noise() {
            return StrictMath.exp(0.3 * random.nextGaussian());
        }
    }
}
