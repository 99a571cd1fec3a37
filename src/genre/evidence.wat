;; The linear evidence of one descriptor. `node scripts/assemble.mjs` makes data/evidence.wasm of it.
(module
  (memory (export "memory") 16)

  ;; values, mean, scale: addresses of one row of 32-bit floats each; matrix: address of rows of the same length, one
  ;; after the other; length: bytes of a row, a multiple of 64; sums: address of the answers, one a row of the matrix,
  ;; end: address behind the last. The values are overwritten with (root of value - mean) * scale.
  (func (export "evidence") (param $values i32) (param $mean i32) (param $scale i32) (param $matrix i32) (param $length i32)
    (param $sums i32) (param $end i32)
    (local $at i32) (local $values_end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $values_end (i32.add (local.get $values) (local.get $length)))
    (local.set $at (local.get $values))
    (loop $next_values
      (v128.store (local.get $at) (f32x4.mul (v128.load (local.get $scale)) (f32x4.sub
        (f32x4.sqrt (f32x4.max (v128.load (local.get $at)) (v128.const f32x4 0 0 0 0))) (v128.load (local.get $mean)))))
      (local.set $mean (i32.add (local.get $mean) (i32.const 16)))
      (local.set $scale (i32.add (local.get $scale) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next_values (i32.lt_u (local.get $at) (local.get $values_end))))

    (loop $next_row
      (local.set $at (local.get $values))
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      ;; Four sums of four, which do not wait for each other.
      (loop $next_products
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $matrix)) (v128.load (local.get $at)))))
        (local.set $b (f32x4.add (local.get $b)
          (f32x4.mul (v128.load offset=16 (local.get $matrix)) (v128.load offset=16 (local.get $at)))))
        (local.set $c (f32x4.add (local.get $c)
          (f32x4.mul (v128.load offset=32 (local.get $matrix)) (v128.load offset=32 (local.get $at)))))
        (local.set $d (f32x4.add (local.get $d)
          (f32x4.mul (v128.load offset=48 (local.get $matrix)) (v128.load offset=48 (local.get $at)))))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 64)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $next_products (i32.lt_u (local.get $at) (local.get $values_end))))
      (local.set $a (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
      (f32.store (local.get $sums) (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
        (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 4)))
      (br_if $next_row (i32.lt_u (local.get $sums) (local.get $end))))))
