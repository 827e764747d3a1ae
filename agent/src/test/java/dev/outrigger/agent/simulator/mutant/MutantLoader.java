package dev.outrigger.agent.simulator.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the agent, its tests included, with a mutant in it. All classes of {@code dev.outrigger.agent} are loaded anew, the
 * mutated ones from memory and the rest from where they were compiled to, so that they see each other and none of the
 * classes outside with the same names; everything else is shared. Static state starts afresh with each loader.
 */
public final class MutantLoader extends ClassLoader {
    private static final String OURS = "dev.outrigger.agent.";

    private final ClassLoader outside;
    private final Map<String, byte[]> mutated;

    /** Compiles the mutant; throws IllegalArgumentException with the compiler's words when it does not compile. */
    public MutantLoader(Mutant mutant) {
        this(mutant, MutantLoader.class.getClassLoader());
    }

    private MutantLoader(Mutant mutant, ClassLoader outside) {
        super("mutant: " + mutant.title(), outside);
        this.outside = outside;
        mutated = MemoryCompiler.compile(mutant);
    }

    /**
     * Calls {@code public static String run(long seed)} of a class, as it is in here: null means that nothing was found.
     * What it throws is thrown on: a run is to catch by itself what counts as found.
     */
    public @Nullable String run(String className, long seed) {
        try {
            Method run = loadClass(className).getDeclaredMethod("run", long.class);
            run.setAccessible(true);
            return (String) run.invoke(null, seed);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(className + " threw on seed " + seed + " of " + getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no public static String run(long) in " + className, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = bytesOf(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private byte[] bytesOf(String name) throws ClassNotFoundException {
        byte[] bytes = mutated.get(name);
        if (bytes != null) {
            return bytes;
        }
        try (InputStream in = outside.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read class " + name, e);
        }
    }
}
